"""Takes a person or an organization through FinHub over HTTP, to a transfer: python3 onboard.py application.json"""
import base64, json, os, pathlib, sys, urllib.request, uuid

GATEWAY, TOKEN = os.environ.get("GATEWAY", "http://127.0.0.1:8090"), os.environ.get("TOKEN", "none")

def call(method, path, body=None, wait=0):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Prefer": f"wait={wait}",
               "Idempotency-Key": str(uuid.uuid4())}  # the same key for a repeat
    request = urllib.request.Request(GATEWAY + path, body and json.dumps(body).encode(), headers, method=method)
    try:
        return json.load(urllib.request.urlopen(request, timeout=wait + 30))
    except urllib.error.HTTPError as problem:
        sys.exit(problem.read().decode())  # says what is wrong, and where

def wait_for(path, target):
    while True:
        seen = call("GET", f"{path}/wait?for={target}", wait=30)
        status = seen["status"]  # a stale one is what Temporal knows while no worker answers
        if not status.get("stale") and (seen["reached"] or seen["needsAttention"] or status["outcome"]):
            return status

file = pathlib.Path(sys.argv[1])
application = json.loads(file.read_text())
for document in application["documents"]:
    path = file.parent / document.pop("file")
    document.update(fileName=path.name, content=base64.b64encode(path.read_bytes()).decode())
name, consents, payments = application["applicationId"], application.pop("consents"), application["payments"]
kind = "organization" if "organization" in application else "individual"
print("started:", call("PUT", f"/v1/{kind}s/{name}", application, wait=20)["ids"])
print("consents:", call("POST", f"/v1/cases/{kind}/{name}/consents", consents)["state"])
print("in review:", wait_for(f"/v1/cases/{kind}/{name}", "review")["waitingOn"])
status = wait_for(f"/v1/cases/{kind}/{name}", "done")  # meanwhile operators decide
print(status["status"], status["iban"])
call("PUT", f"/v1/transfers/{name}-second", {
    "customerId": status["ids"]["customerId"], "accountId": status["ids"]["accountId"],
    "beneficiaryIban": payments["beneficiaries"][0]["iban"],
    "amount": {"value": "5.00", "currency": "EUR"}, "description": "Second instalment",
    "submittedBy": "backoffice-web", "origin": application["origin"]})
print("transfer:", wait_for(f"/v1/cases/transfer/{name}-second", "done")["status"])
