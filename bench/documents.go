package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// documentSize is how long each document is, in bytes, and uploadsAtOnce how many the provider uploads at a time.
const (
	documentSize  = 1 << 20
	uploadsAtOnce = 8
)

// documents measures how a folder of documents of 1 MiB gets into a vector store, beside a bare loop over the SDK with the
// same concurrency, for each latency of an upload, and what an empty plan of it takes.
func documents(s *site, z sizes) error {
	folder := filepath.Join(s.dir, "documents")
	if err := write(folder, z.count()); err != nil {
		return err
	}
	fmt.Println("| documents | latency | apply | bare SDK loop | ÷ | empty plan | provider CPU apply | plan | peak memory | CLI's CPU apply | plan |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, latency := range z.latencies {
		if err := s.documentsAt(latency, folder, z); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) documentsAt(latency time.Duration, folder string, z sizes) error {
	url, stop, err := s.emulator("-latency", latency.String())
	if err != nil {
		return err
	}
	defer stop()
	dir, err := s.directory("documents-"+latency.String(), knowledge(url, folder))
	if err != nil {
		return err
	}
	var apply, plan, bare cost
	for range z.runs {
		if err := s.measure(1, step{&apply, dir, applying(z.parallelism())}, step{&plan, dir, planning(z.parallelism())}); err != nil {
			return err
		}
		took, err := uploadAll(url, folder)
		if err != nil {
			return err
		}
		bare.better(cost{wall: took})
	}
	fmt.Printf("| %d × 1 MiB | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", z.count(), latency, seconds(apply.wall), seconds(bare.wall), ratio(apply.wall, bare.wall),
		seconds(plan.wall), seconds(apply.cpu), seconds(plan.cpu), mebibytes(max(apply.peak, plan.peak)), seconds(apply.rest), seconds(plan.rest))
	return nil
}

// write makes a folder of so many documents, each with a content of its own.
func write(folder string, count int) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	text := bytes.Repeat([]byte("All that we know is in here.\n"), documentSize/29+1)[:documentSize]
	for i := range count {
		copy(text, fmt.Sprintf("# Document %6d\n", i))
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("doc%05d.md", i)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// knowledge keeps a folder in step with a store.
func knowledge(url, folder string) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
}
resource "openai_vector_store" "many" {
  name = "many"
}
resource "openai_vector_store_files" "many" {
  vector_store_id = openai_vector_store.many.id
  documents       = { for f in fileset(%q, "*.md") : f => { source = "%s/${f}" } }
}
`, url, folder, folder)
}

// uploadAll does the same with nothing but the SDK.
func uploadAll(url, folder string) (time.Duration, error) {
	ctx := context.Background()
	client := openai.NewClient(option.WithBaseURL(url+"/"), option.WithAPIKey("none"), option.WithMaxRetries(0))
	start := time.Now()
	store, err := client.VectorStores.New(ctx, openai.VectorStoreNewParams{Name: openai.String("bare")})
	if err != nil {
		return 0, err
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil {
		return 0, err
	}
	ids, failures := make([]string, len(names)), make(chan error, len(names))
	work := make(chan int)
	var wg sync.WaitGroup
	for range uploadsAtOnce {
		wg.Go(func() {
			for i := range work {
				var err error
				if ids[i], err = uploadOne(ctx, &client, names[i]); err != nil {
					failures <- err
				}
			}
		})
	}
	for i := range names {
		work <- i
	}
	close(work)
	wg.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return 0, err
	}
	_, err = client.VectorStores.FileBatches.NewAndPoll(ctx, store.ID, openai.VectorStoreFileBatchNewParams{FileIDs: ids}, 1000)
	return time.Since(start), err
}

func uploadOne(ctx context.Context, client *openai.Client, name string) (string, error) {
	in, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	file, err := client.Files.New(ctx, openai.FileNewParams{File: in, Purpose: openai.FilePurposeAssistants})
	if err != nil {
		return "", err
	}
	return file.ID, nil
}
