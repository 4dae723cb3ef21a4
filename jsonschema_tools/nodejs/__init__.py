"""What the Node.js tool and its libraries do, value for value; each module names library and version."""
