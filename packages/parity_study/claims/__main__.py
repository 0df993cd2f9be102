"""Write the claims of the book to the file that its pages read."""

from parity_study.claims import publish

print(publish())
