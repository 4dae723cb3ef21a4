"""Two schemas compared, the history of a title and its changelog, a file for each format."""
