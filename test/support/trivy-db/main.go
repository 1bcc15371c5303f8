// Command trivy-db writes a bbolt file from JSON on stdin, in the layout Trivy's vulnerability database has: nested buckets
// of JSON values. Which buckets, keys and values is the caller's: see ../trivy-db.ts.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

type entry struct {
	// Names of the buckets, outermost first.
	Buckets []string        `json:"buckets"`
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value"`
}

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string) error {
	var entries []entry
	if err := json.NewDecoder(os.Stdin).Decode(&entries); err != nil {
		return fmt.Errorf("entries on stdin: %w", err)
	}
	db, err := bbolt.Open(path, 0o644, &bbolt.Options{PageSize: 4096})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(func(tx *bbolt.Tx) error {
		for _, e := range entries {
			if err := put(tx, e); err != nil {
				return fmt.Errorf("%v %s: %w", e.Buckets, e.Key, err)
			}
		}
		return nil
	})
}

func put(tx *bbolt.Tx, e entry) error {
	bucket, err := tx.CreateBucketIfNotExists([]byte(e.Buckets[0]))
	if err != nil {
		return err
	}
	for _, name := range e.Buckets[1:] {
		if bucket, err = bucket.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return bucket.Put([]byte(e.Key), e.Value)
}
