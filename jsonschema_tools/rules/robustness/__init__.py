"""Rules of the family `robustness`, one file each."""
