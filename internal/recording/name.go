package recording

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// fileName is the name of a file that holds an answer: LABEL.NAME.json; or
// LABEL.NAME.TIME.unusable.json for one that is of no use. A file is found by the name of the
// question alone; what stands before it is for people.
type fileName struct {
	label string // "" = none
	name  string // of the question
	aside bool   // it is of no use
}

const (
	jsonEnding     = ".json"
	unusableEnding = ".unusable"
)

// parseFileName reads the name of a file; false = it is none of a file that holds an answer.
func parseFileName(file string) (fileName, bool) {
	rest, isJSON := strings.CutSuffix(file, jsonEnding)
	rest, aside := strings.CutSuffix(rest, unusableEnding)
	if aside { // NAME.20261124T120000.000000123Z
		for range 2 {
			rest = rest[:max(strings.LastIndexByte(rest, '.'), 0)]
		}
	}
	start := len(rest) - nameLength
	if !isJSON || start < 0 || !isName([]byte(rest[start:])) || strings.HasPrefix(rest, ".") {
		return fileName{}, false
	}
	label, dotted := strings.CutSuffix(rest[:start], ".")
	return fileName{label: label, name: rest[start:], aside: aside}, dotted || start == 0
}

// maxLabel is how much of a label stands in a file's name, in characters. File systems end at 255.
const maxLabel = 64

// inFileName is a label as it stands in a file's name.
func inFileName(label string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '-'
	}, label)
	words := strings.FieldsFunc(safe, func(r rune) bool { return r == '-' })
	safe = strings.Join(words, "-")
	safe = strings.TrimRight(safe[:min(len(safe), maxLabel)], "-")
	if slices.Contains(devices, strings.ToLower(safe)) {
		safe += "_"
	}
	return safe
}

// devices are names that Windows takes for none of files, whatever their ending.
var devices = []string{"con", "prn", "aux", "nul",
	"com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// File is where the question's recording is written, if it has none yet.
func (s *Store) File(q Question) string { return s.path(q.fileName() + jsonEnding) }

// fileName is the name of the question's file without its ending.
func (q Question) fileName() string {
	if label := inFileName(q.presentation.Label); label != "" {
		return label + "." + q.name
	}
	return q.name
}

func (s *Store) path(file string) string { return filepath.Join(s.options.Directory, file) }

// locate is where the question's recording is, whatever its label; false = there is none. One
// without a label comes first, then the one of the question's own.
func (s *Store) locate(q Question) (file string, found bool) {
	for _, file := range []string{s.path(q.name + jsonEnding), s.File(q)} {
		if exists(file) {
			return file, true
		}
	}
	if file := s.labelled.find(s, q.name); file != "" {
		return s.path(file), true
	}
	return s.File(q), false
}

// labelled are the recordings of a directory whose files have labels. They are read again when
// the directory has changed.
type labelled struct {
	mu       sync.Mutex
	modified time.Time         // of the directory, when it was read
	files    map[string]string // by the question's name; nil = not read
}

// find is the file that holds a question's recording; "" = there is none with a label. Of
// several it is the first.
func (l *labelled) find(s *Store, name string) string {
	info, err := os.Stat(s.options.Directory)
	if err != nil {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.files == nil || !l.modified.Equal(info.ModTime()) {
		l.modified, l.files = info.ModTime(), map[string]string{}
		for _, file := range s.list() {
			of, ok := parseFileName(file)
			if first := l.files[of.name]; ok && !of.aside && of.label != "" && (first == "" || file < first) {
				l.files[of.name] = file
			}
		}
	}
	return l.files[name]
}

// mayHave reports whether there was a recording of a question when somebody last looked, or nobody has.
func (s *Store) mayHave(q Question) bool {
	return exists(s.path(q.name+jsonEnding)) || exists(s.File(q)) || s.labelled.mayHave(q.name)
}

func (l *labelled) mayHave(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files == nil || l.files[name] != ""
}

// scan looks through the directory as it is now: is there a recording of a question, and which files are
// temporary ones of it? It reads all names, so that for thousands of questions it must not do more with each of them.
func (s *Store) scan(q Question) (recorded bool, left []string) {
	for _, file := range s.looks.names(s.list) {
		if !strings.Contains(file, q.name) {
			continue
		}
		if of, ok := parseFileName(file); ok && of.name == q.name && !of.aside {
			recorded = true
		} else if strings.HasSuffix(file, ".tmp") {
			left = append(left, file)
		}
	}
	return recorded || exists(s.path(q.name+jsonEnding)) || exists(s.File(q)), left
}

// forget has the directory read again. Two changes may be too close for its time to tell.
func (l *labelled) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = nil
}

// list are the names of the files in the directory, in no order; none, if it cannot be read.
func (s *Store) list() []string {
	directory, err := os.Open(s.options.Directory)
	if err != nil {
		return nil
	}
	defer directory.Close()
	names, _ := directory.Readdirnames(-1)
	return names
}

// recordings are the names of the files in the directory that hold recordings, sorted.
func (s *Store) recordings() []string {
	names := slices.DeleteFunc(s.list(), func(file string) bool {
		of, ok := parseFileName(file)
		return !ok || of.aside
	})
	slices.Sort(names)
	return names
}
