// Takes a person or an organization through FinHub over HTTP, to a transfer: go run onboard.go application.json
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

type object = map[string]any

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func call(method, path string, body any, wait int) (answer object) {
	request := must(http.NewRequest(method, os.Getenv("GATEWAY")+path, bytes.NewReader(must(json.Marshal(body)))))
	key := make([]byte, 16)
	must(rand.Read(key))
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("%x", key)) // the same key for a repeat
	request.Header.Set("Prefer", "wait="+strconv.Itoa(wait))
	response := must(http.DefaultClient.Do(request))
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode >= 400 {
		panic(fmt.Sprint(answer)) // says what is wrong, and where
	}
	return
}

func waitFor(path, target string) object {
	for {
		seen := call("GET", path+"/wait?for="+target, nil, 30)
		status := seen["status"].(object)
		if seen["reached"] == true || seen["needsAttention"] == true || status["outcome"] != nil {
			return status
		}
	}
}

func main() {
	var application object
	if err := json.Unmarshal(must(os.ReadFile(os.Args[1])), &application); err != nil {
		panic(err)
	}
	for _, one := range application["documents"].([]any) {
		document := one.(object)
		path := document["file"].(string)
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(os.Args[1]), path)
		}
		delete(document, "file")
		document["fileName"], document["content"] = filepath.Base(path), must(os.ReadFile(path)) // bytes become base64
	}
	name, kind, consents := application["applicationId"].(string), "individual", application["consents"]
	if application["organization"] != nil {
		kind = "organization"
	}
	delete(application, "consents")
	path := "/v1/cases/" + kind + "/" + name
	fmt.Println("started:", call("PUT", "/v1/"+kind+"s/"+name, application, 20)["ids"])
	fmt.Println("consents:", call("POST", path+"/consents", consents, 0)["state"])
	fmt.Println("in review:", waitFor(path, "review")["waitingOn"])
	status := waitFor(path, "done") // meanwhile operators decide
	fmt.Println(status["status"], status["iban"])
	to := application["payments"].(object)["beneficiaries"].([]any)[0].(object)
	call("PUT", "/v1/transfers/"+name+"-second", object{
		"customerId": status["ids"].(object)["customerId"], "accountId": status["ids"].(object)["accountId"], "beneficiaryIban": to["iban"],
		"amount": object{"value": "5.00", "currency": "EUR"}, "description": "Second instalment",
		"submittedBy": "backoffice-web", "origin": application["origin"],
	}, 0)
	fmt.Println("transfer:", waitFor("/v1/cases/transfer/"+name+"-second", "done")["status"])
}
