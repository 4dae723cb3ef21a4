"""What reading from Kafka, writing to it and looking at its topics have in common."""
