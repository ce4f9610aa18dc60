// Reads each text of the input, a JSON string on a line, as YAML the way kubectl and the API server do, and prints it as JSON,
// or "error".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			fmt.Println("error")
			continue
		}
		read, err := yaml.YAMLToJSONStrict([]byte(text))
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Println(string(read))
	}
}
