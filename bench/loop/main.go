// loop asks questions with nothing but the official SDK, so many at a time: what cannot be undercut. It
// prints how long that took, in nanoseconds. It is a program of its own, so that what it uses can be measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	log.SetFlags(0)
	url := flag.String("url", "", "the base `URL`")
	count := flag.Int("count", 0, "how many questions")
	parallelism := flag.Int("parallelism", 1, "how many at a time")
	flag.Parse()
	took, err := ask(*url, *count, *parallelism)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(took.Nanoseconds())
}

// ask keeps the answers, as whoever asks would.
func ask(url string, count, parallelism int) (time.Duration, error) {
	client := openai.NewClient(option.WithBaseURL(url+"/"), option.WithAPIKey("none"), option.WithMaxRetries(0),
		option.WithHTTPClient(&http.Client{Transport: &http.Transport{
			DialContext: (&net.Dialer{}).DialContext, MaxIdleConnsPerHost: parallelism,
		}}))
	answers := make([]*openai.ChatCompletion, count)
	failures := make(chan error, count)
	work := make(chan int)
	var wg sync.WaitGroup
	start := time.Now()
	for range parallelism {
		wg.Go(func() {
			for i := range work {
				var err error
				answers[i], err = client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
					Model: "gpt-4", Temperature: openai.Float(0.7), MaxTokens: openai.Int(100),
					Messages: []openai.ChatCompletionMessageParamUnion{
						openai.SystemMessage("You are a helpful assistant that translates English to French."),
						openai.UserMessage(fmt.Sprintf("Translate the following: 'Hello, how are you?' (%d)", i)),
					},
				})
				if err != nil {
					failures <- err
				}
			}
		})
	}
	for i := range count {
		work <- i
	}
	close(work)
	wg.Wait()
	took := time.Since(start)
	close(failures)
	return took, <-failures // nil where none has failed
}
