// The second oracle of test/oracle/kubeconform.live.test.ts: what kubeconform answers with strict schemas of a folder, its argument.
// On stdin, one object of JSON a line. On stdout, for each, one line of JSON: {"valid":true} or the errors with their paths.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"

	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"
)

type fault struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

type answer struct {
	Valid  bool    `json:"valid"`
	Errors []fault `json:"errors,omitempty"`
}

func main() {
	schemas := os.Args[1] + "/{{ .ResourceKind }}{{ .KindSuffix }}.json"
	conform, err := validator.New([]string{schemas}, validator.Opts{Strict: true, KubernetesVersion: "1.36.0"})
	if err != nil {
		log.Fatal(err)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for in.Scan() {
		result := conform.ValidateResource(resource.Resource{Path: "stdin", Bytes: append([]byte{}, in.Bytes()...)})
		reply := answer{Valid: result.Status == validator.Valid}
		for _, one := range result.ValidationErrors {
			reply.Errors = append(reply.Errors, fault{Path: one.Path, Message: one.Msg})
		}
		if result.Err != nil && len(reply.Errors) == 0 {
			reply.Errors = []fault{{Message: result.Err.Error()}}
		}
		if err := encoder.Encode(reply); err != nil {
			log.Fatal(err)
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
