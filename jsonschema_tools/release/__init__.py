"""What is released, what is a draft, and which drafts nobody needs any more."""
