"""Nothing is solved; every answer becomes four points, as a test that gives points in part shows them."""

KIND = "channel"
CODE = '''
from parity_checks import rpc
shown = {rpc.KIND: '["value", true]', "text/plain": "4.0"}
get_ipython().user_expressions = lambda asked: {name: {"status": "ok", "data": shown, "metadata": {}} for name in asked}
'''
