package acctest

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// outlives is how long a provider may outlive its CLI, besides the grace of what it has sent.
const outlives = 15 * time.Second

// alive knows which providers run: each holds a connection to it as long as it lives.
type alive struct {
	listener net.Listener
	mu       sync.Mutex
	ends     []chan struct{} // each is closed when its provider has ended
	running  map[int]bool    // processes of providers
}

// watch has a test fail in the end if a provider is left over.
func watch(t testing.TB) *alive {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to cancel
	if err != nil {
		t.Fatal(err)
	}
	a := &alive{listener: listener, running: map[int]bool{}}
	go a.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		a.await(t)
	})
	return a
}

func (a *alive) accept() {
	for {
		conn, err := a.listener.Accept()
		if err != nil {
			return
		}
		var process int
		if _, err := fmt.Fscanln(conn, &process); err != nil {
			_ = conn.Close()
			continue // it was killed on the way
		}
		end := make(chan struct{})
		a.mu.Lock()
		a.ends = append(a.ends, end)
		a.running[process] = true
		a.mu.Unlock()
		_, _ = conn.Write([]byte{'.'}) // it is known now
		go func() {
			defer close(end)
			_, _ = io.Copy(io.Discard, conn) // until the process ends, by whatever
			_ = conn.Close()
			a.mu.Lock()
			defer a.mu.Unlock()
			delete(a.running, process)
		}()
	}
}

// await waits for the providers that run to end.
func (a *alive) await(t testing.TB) {
	t.Helper()
	a.mu.Lock()
	ends := slices.Clone(a.ends)
	a.mu.Unlock()
	late := time.After(outlives)
	for _, end := range ends {
		select {
		case <-end:
		case <-late:
			t.Error("a provider is left over from its CLI")
			return
		}
	}
}

// AwaitProviders waits for the providers of all CLIs to end, and fails the test if one does not.
func (d *Dir) AwaitProviders() {
	d.t.Helper()
	d.in.alive.await(d.t)
}

// KillProviders kills the providers that run, as by SIGKILL, and returns how many they were.
func (d *Dir) KillProviders() (killed int) {
	d.t.Helper()
	a := d.in.alive
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range a.running {
		process, err := os.FindProcess(id)
		if err == nil {
			err = process.Kill()
		}
		if err == nil {
			killed++
		}
	}
	return killed
}

// announce makes this provider known to the watch at an address. The connection is to be kept.
func announce(address string) net.Conn {
	conn, err := net.Dial("tcp", address) //nolint:noctx // nothing to cancel
	if err != nil {
		log.Fatal(err)
	}
	if _, err := fmt.Fprintln(conn, os.Getpid()); err != nil {
		log.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		log.Fatal(err)
	}
	return conn
}
