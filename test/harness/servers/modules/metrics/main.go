// Reads the Prometheus text format from standard input as Prometheus' own library does, complains as its linter does,
// and prints the families as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	check(err)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	check(err)
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	check(err)
	printed := map[string]json.RawMessage{}
	for name, family := range families {
		printed[name], err = protojson.Marshal(family)
		check(err)
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"families": printed, "problems": problems}))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
