"""What one can do with a schema repository: a module for each verb. They return values and print nothing."""
