package emulator

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// vector is the embedding of a text: of length 1, near those of texts that
// share words or parts of words, and nearly at right angles to others. It
// follows from model and text alone, to the last bit. With fewer dimensions
// it is the beginning of the whole one, stretched to length 1.
func vector(model, text string, dimensions int) []float32 {
	// Whole numbers, so that the order in which they are added does not matter.
	sums := make([]int, dimensions)
	for feature, weight := range features(text) {
		seed := digest(model, feature)
		source := rand.NewPCG(binary.BigEndian.Uint64(seed), binary.BigEndian.Uint64(seed[8:]))
		var signs uint64
		for i := range sums {
			if i%64 == 0 {
				signs = source.Uint64()
			}
			sums[i] += weight * (1 - 2*int(signs&1))
			signs >>= 1
		}
	}
	square := 0.0
	for _, n := range sums {
		square += float64(n) * float64(n)
	}
	length := math.Sqrt(square)
	out := make([]float32, dimensions)
	for i, n := range sums {
		out[i] = float32(float64(n) / length)
	}
	return out
}

// Weights of features. All but one are even, so that no sum of them is 0.
const (
	weightOfWord      = 12
	weightOfShortWord = 4 // of up to three letters: articles, prepositions
	weightOfPart      = 4 // three letters in a row
	weightOfText      = 1 // the text as it is, which tells apart what is else alike
	mostOften         = 3 // further occurrences do not count
)

// features are what a text is recognised by, with their weights.
func features(text string) map[string]int {
	often := map[string]int{}
	weights := map[string]int{"text " + text: weightOfText}
	add := func(feature string, weight int) {
		if often[feature]++; often[feature] <= mostOften {
			weights[feature] += weight
		}
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), notInWord) {
		if utf8.RuneCountInString(word) <= 3 {
			add("word "+word, weightOfShortWord)
		} else {
			add("word "+word, weightOfWord)
		}
		letters := []rune("^" + word + "$")
		for i := range len(letters) - 2 {
			add("part "+string(letters[i:i+3]), weightOfPart)
		}
	}
	return weights
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
