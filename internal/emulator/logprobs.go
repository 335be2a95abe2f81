package emulator

import (
	"fmt"
	"math"
)

type logprobs struct {
	Content []probability `json:"content"`
	Refusal []probability `json:"refusal"`
}

type probability struct {
	alternativeToken
	Top []alternativeToken `json:"top_logprobs"`
}

type alternativeToken struct {
	Token   string  `json:"token"`
	Logprob float64 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
}

// probabilities makes up a likely probability for each token of a text, and
// less likely tokens that could have stood there.
func (a *author) probabilities(text string) []probability {
	out := []probability{}
	for i, t := range a.tokens.split(text) {
		noise := digest(t, fmt.Sprint(i))
		// Between 0.9 and 1 for the token itself; each other has a tenth of
		// the one before.
		p := 0.9 + float64(noise[0])/2560
		own := weigh(t, p)
		entry := probability{alternativeToken: own, Top: []alternativeToken{}}
		for rank := range a.req.TopLogprobs {
			if rank == 0 {
				entry.Top = append(entry.Top, own)
				continue
			}
			p = (1 - p) / math.Pow(10, float64(rank))
			entry.Top = append(entry.Top, weigh(fmt.Sprintf("%s%d", t, rank), max(p, 1e-9/float64(rank))))
		}
		out = append(out, entry)
	}
	return out
}

func weigh(token string, p float64) alternativeToken {
	bytes := make([]int, len(token))
	for i := range len(token) {
		bytes[i] = int(token[i])
	}
	return alternativeToken{token, math.Round(math.Log(p)*1e6) / 1e6, bytes}
}
