// The same script as ../node.ts, over client-go's own queue. Arguments and output are described in ../run.ts.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/util/workqueue"
)

type script struct {
	Keys, Hot, Rounds, Delayed, LongestDelay int
}

func main() {
	var s script
	if err := json.Unmarshal([]byte(os.Args[1]), &s); err != nil {
		panic(err)
	}
	keys := makeKeys(s.Keys)
	measure("add", s.Keys, func() func() { return addAll(keys) })
	measure("re-add", s.Hot*s.Rounds, func() func() { return readd(s) })
	measure("get+done", s.Keys, func() func() { return takeAll(keys) })
	// client-go has one way to take a key; the step is there to hold Node's other way against it.
	measure("await get+done", s.Keys, func() func() { return takeAll(keys) })
	measure("addAfter+drain", s.Delayed, func() func() { return delayed(s, keys) })
}

// measure prepares a step untimed, then times it.
func measure(step string, operations int, prepare func() func()) {
	run := prepare()
	start := time.Now()
	run()
	fmt.Printf("{\"step\":%q,\"operations\":%d,\"seconds\":%g}\n", step, operations, time.Since(start).Seconds())
}

func addAll(keys []string) func() {
	queue := workqueue.NewTyped[string]()
	return func() {
		for _, key := range keys {
			queue.Add(key)
		}
	}
}

func readd(s script) func() {
	queue := workqueue.NewTyped[string]()
	for _, key := range makeKeys(s.Hot) {
		queue.Add(key)
	}
	again := makeKeys(s.Hot)
	return func() {
		for range s.Rounds {
			for _, key := range again {
				queue.Add(key)
			}
		}
	}
}

func takeAll(keys []string) func() {
	queue := workqueue.NewTyped[string]()
	for _, key := range keys {
		queue.Add(key)
	}
	return func() {
		for range keys {
			key, _ := queue.Get()
			queue.Done(key)
		}
	}
}

func delayed(s script, keys []string) func() {
	queue := workqueue.NewTypedDelayingQueue[string]()
	return func() {
		for i := range s.Delayed {
			queue.AddAfter(keys[i], time.Duration(1+i%s.LongestDelay)*time.Millisecond)
		}
		for range s.Delayed {
			key, _ := queue.Get()
			queue.Done(key)
		}
	}
}

func makeKeys(count int) []string {
	keys := make([]string, count)
	for i := range keys {
		keys[i] = fmt.Sprintf("user-%d", i)
	}
	return keys
}
