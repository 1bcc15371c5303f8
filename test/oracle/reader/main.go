// The oracle of test/oracle/reader.live.test.ts: what `kubectl apply -f` and Helm's kube client read in a file, without a cluster.
// On stdin: frames of 4 bytes (length, big endian) and that many bytes, each frame the content of one file.
// On stdout, for each frame, one line of JSON: the objects, and the error where there was one.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"log"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/resource"
)

type answer struct {
	Objects []runtime.Object `json:"objects"`
	Error   string           `json:"error,omitempty"`
}

func read(content []byte) answer {
	infos, err := resource.NewLocalBuilder().Unstructured().ContinueOnError().Stream(bytes.NewReader(content), "file").Flatten().Do().Infos()
	found := answer{Objects: []runtime.Object{}}
	for _, info := range infos {
		found.Objects = append(found.Objects, info.Object.(*unstructured.Unstructured))
	}
	if err != nil {
		found.Error = err.Error()
	}
	return found
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		content := make([]byte, length)
		if _, err := io.ReadFull(in, content); err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(read(content)); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
