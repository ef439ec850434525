"""What Lambda's runtime for Python does around a handler, with the standard library alone, which is less than Lambda's own client loads."""

import http.client
import json
import os
import time
import traceback


def run(handler):
    """Answers one event after the other."""
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", "/2018-06-01/runtime/invocation/next")
        response = api.getresponse()
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(response.read())
        try:
            outcome, answer = "response", handler(event)
        except Exception as error:
            outcome, answer = "error", {"errorType": type(error).__name__, "errorMessage": traceback.format_exc()}
        api.request("POST", f"/2018-06-01/runtime/invocation/{request_id}/{outcome}", json.dumps(answer))
        api.getresponse().read()


def emit(namespace, dimensions, metrics):
    """Metrics as a log line in the embedded metric format."""
    names = [{"Name": name} for name in metrics]
    about = {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": names}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [about]}
    print(json.dumps({"_aws": about, **dimensions, **metrics}), flush=True)
