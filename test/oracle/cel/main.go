// The oracle of test/oracle/cel.live.test.ts, and the source of the tables in src/engines/cel/kubernetes.
//
//	cel                 evaluates expressions: a question per line on stdin, an answer per line on stdout, both JSON
//	cel declarations    prints the functions, macros and types that an API server declares to policies
//	cel kinds SWAGGER   prints the fields of the built-in kinds, as their Go types declare them
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"runtime/debug"
)

func main() {
	if len(os.Args) > 1 {
		tables := map[string]func() any{"declarations": declarations, "kinds": kinds}
		if err := json.NewEncoder(os.Stdout).Encode(tables[os.Args[1]]()); err != nil {
			log.Fatal(err)
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		var asked question
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			log.Fatal(err)
		}
		if err := json.NewEncoder(out).Encode(evaluate(asked)); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

// versionOf gives the version of a module that this program was built with.
func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return ""
}
