"""To whom one may write, what one has received, and what is shown of it."""
