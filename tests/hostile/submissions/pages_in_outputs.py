"""An honest solution; outputs and the answer in words hold scripts, frames, styles, and codes that move the cursor."""

KIND = "display"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import cell, save
    page = "<script>parent.location='x'</script><iframe src=/formgrader></iframe><style>*{display:none}</style>"
    cell(notebook, "what-convinces").source = f"{page} [points](javascript:alert(1)) <form><input name=score>"
    cell(notebook, "my-strings").source = f'''
from IPython.display import HTML, Javascript, SVG, display
display(HTML("{page}"), Javascript("document.body.innerHTML='4 of 4'"))
display({{"image/svg+xml": "<svg onload='alert(1)'/>", "text/html": "<p>", "image/png": "no picture"}},
        raw=True)
print("\\x1b[2J\\x1b[H\\x1b]0;4 of 4\\x07\\x1b[8m hidden \\r ✓ \\x08\\x00")
'''
    save(folder, notebook)
