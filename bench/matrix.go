package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// matrix prints a row for each number, latency and parallelism.
func matrix(s *site, z sizes) error {
	fmt.Println("\"As large\" is terraform_data with as much in the state as a completion has.")
	fmt.Println()
	fmt.Println("| n | latency | parallel | apply | bare SDK loop | terraform_data | as large | apply ÷ largest | empty plan | terraform_data | as large | ÷ | provider CPU apply | plan | peak memory | CLI's CPU apply | terraform_data | as large | plan | terraform_data | as large |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, count := range z.counts {
		for _, latency := range z.latencies {
			for _, parallelism := range z.parallelisms {
				if err := s.row(count, latency, parallelism, z.runs); err != nil {
					return fmt.Errorf("%d completions, %s, parallelism %d: %w", count, latency, parallelism, err)
				}
			}
		}
	}
	return nil
}

func (s *site) row(count int, latency time.Duration, parallelism, runs int) error {
	url, stop, err := s.emulator("-latency", latency.String())
	if err != nil {
		return err
	}
	defer stop()
	name := fmt.Sprintf("n%d-l%d-p%d", count, latency.Milliseconds(), parallelism)
	ours, err := s.directory(name, completions(url, count, "", short))
	if err != nil {
		return err
	}
	floor, err := s.directory(name+"-floor", floorOf(count))
	if err != nil {
		return err
	}
	large, err := s.directory(name+"-large-floor", largeFloorOf(count))
	if err != nil {
		return err
	}
	var floorApply, floorPlan, largeApply, largePlan, apply, plan, bare cost
	for range runs {
		err := s.measure(1,
			step{&floorApply, floor, applying(parallelism)},
			step{&floorPlan, floor, planning(parallelism)},
			step{&largeApply, large, applying(parallelism)},
			step{&largePlan, large, planning(parallelism)},
			step{&apply, ours, applying(parallelism)},
			step{&plan, ours, planning(parallelism)})
		if err != nil {
			return err
		}
		took, err := loop(url, count, parallelism)
		if err != nil {
			return err
		}
		bare.better(cost{wall: took})
	}
	fmt.Printf("| %d | %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
		count, latency, parallelism,
		seconds(apply.wall), seconds(bare.wall), seconds(floorApply.wall), seconds(largeApply.wall),
		ratio(apply.wall, max(bare.wall, floorApply.wall, largeApply.wall)),
		seconds(plan.wall), seconds(floorPlan.wall), seconds(largePlan.wall), ratio(plan.wall, max(floorPlan.wall, largePlan.wall)),
		seconds(apply.cpu), seconds(plan.cpu), mebibytes(max(apply.peak, plan.peak)),
		seconds(apply.rest), seconds(floorApply.rest), seconds(largeApply.rest), seconds(plan.rest), seconds(floorPlan.rest), seconds(largePlan.rest))
	return nil
}

func applying(parallelism int) []string {
	return []string{"apply", "-auto-approve", fmt.Sprintf("-parallelism=%d", parallelism)}
}

// planning fails where the plan is not empty.
func planning(parallelism int) []string {
	return []string{"plan", "-detailed-exitcode", fmt.Sprintf("-parallelism=%d", parallelism)}
}

// loop asks the same questions with nothing but the SDK.
func loop(url string, count, parallelism int) (time.Duration, error) {
	client := openai.NewClient(option.WithBaseURL(url+"/"), option.WithAPIKey("none"), option.WithMaxRetries(0),
		option.WithHTTPClient(&http.Client{Transport: &http.Transport{
			DialContext: (&net.Dialer{}).DialContext, MaxIdleConnsPerHost: parallelism,
		}}))
	work := make(chan int)
	failures := make(chan error, count)
	var wg sync.WaitGroup
	start := time.Now()
	for range parallelism {
		wg.Go(func() {
			for i := range work {
				_, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
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
