"""Rules of the family `compatibility`, one file each."""
