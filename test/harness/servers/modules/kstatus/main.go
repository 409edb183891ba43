// Judges objects as kubectl's apply, Flux and other tools do: one JSON object a line in, one JSON verdict a line out.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

type verdict struct {
	Status  status.Status `json:"status"`
	Message string        `json:"message"`
}

func main() {
	log.SetFlags(0)
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		raw := json.RawMessage{}
		if err := in.Decode(&raw); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatalf("reading an object: %v", err)
		}
		// Not by encoding/json, which would make every number a float.
		object := unstructured.Unstructured{}
		if err := object.UnmarshalJSON(raw); err != nil {
			log.Fatalf("reading an object: %v", err)
		}
		result, err := status.Compute(&object)
		if err != nil {
			log.Fatalf("judging %s: %v", object.GetName(), err)
		}
		if err := out.Encode(verdict{result.Status, result.Message}); err != nil {
			log.Fatalf("writing a verdict: %v", err)
		}
	}
}
