"""Which streams of events there are: their schema, topics and settings. Source: EventStreamConfig of MediaWiki."""
