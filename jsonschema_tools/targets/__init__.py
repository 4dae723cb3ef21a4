"""Where `jst load` puts rows: table targets, a file each, behind their extras."""
