// Says of each template of pods on a line of the input, as JSON, whether the level baseline of the Pod Security Standards
// admits it: "yes", or the reasons.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		log.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var template corev1.PodTemplateSpec
		if err := json.Unmarshal(lines.Bytes(), &template); err != nil {
			fmt.Println("unreadable")
			continue
		}
		var reasons []string
		for _, result := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
			if !result.Allowed {
				reasons = append(reasons, result.ForbiddenReason)
			}
		}
		if len(reasons) == 0 {
			reasons = []string{"yes"}
		}
		fmt.Println(strings.Join(reasons, ", "))
	}
}
