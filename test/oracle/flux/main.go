// The oracle of test/oracle/flux.live.test.ts: what Flux's own code builds for a Kustomization of a folder.
// On stdin, one line of JSON for each: the folder of the repository, in which Flux writes a kustomization, the Kustomization, and the data of the
// ConfigMaps that it names. On stdout, one line of JSON for each: the objects, and the error where there was one.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type request struct {
	Root   string         `json:"root"`
	Object map[string]any `json:"object"`
}

type answer struct {
	Objects []json.RawMessage `json:"objects"`
	Error   string            `json:"error,omitempty"`
}

func build(r request) ([]json.RawMessage, error) {
	object := unstructured.Unstructured{Object: r.Object}
	path, _, _ := unstructured.NestedString(r.Object, "spec", "path")
	folder := filepath.Join(r.Root, path)
	if _, err := kustomize.NewGenerator(r.Root, object).WriteFile(folder); err != nil {
		return nil, err
	}
	resources, err := kustomize.SecureBuild(r.Root, folder, false)
	if err != nil {
		return nil, err
	}
	found := []json.RawMessage{}
	_, hasPostBuild, _ := unstructured.NestedMap(r.Object, "spec", "postBuild")
	for _, one := range resources.Resources() {
		if hasPostBuild {
			// In a dry run no cluster is asked: all variables are in the object.
			changed, err := kustomize.SubstituteVariables(context.Background(), nil, object, one, kustomize.SubstituteWithDryRun(true))
			if err != nil {
				return nil, err
			}
			if changed != nil {
				one = changed
			}
		}
		text, err := one.MarshalJSON()
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	encoder := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var r request
		found := answer{Objects: []json.RawMessage{}}
		err := json.Unmarshal(lines.Bytes(), &r)
		if err == nil {
			var objects []json.RawMessage
			if objects, err = build(r); err == nil {
				found.Objects = objects
			}
		}
		if err != nil {
			found.Error = strings.ReplaceAll(err.Error(), r.Root, ".")
		}
		if err := encoder.Encode(found); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
