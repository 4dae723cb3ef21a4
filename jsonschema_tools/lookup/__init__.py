"""Documents by URI: `SchemaStore` over bases, which are folders, Git commits and HTTP servers."""
