"""An honest solution; the answer in words consists of a comment, which its reader would not see."""

KIND = "display"
LOSES = ()
CELLS = {"what-convinces": "<!-- " + "My seed is 5, and I counted 12 places. " * 80 + "-->"}
