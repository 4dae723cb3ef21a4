"""Engines that are there already, each called by its own tool: nothing of ours runs a job."""
