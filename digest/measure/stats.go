package measure

import (
	"math"
	"slices"
)

// Wilson is the 95 % score interval of k of n; n must not be 0.
func Wilson(k, n int) (low, high float64) {
	const z = 1.959963984540054 // the 0.975 quantile of the normal distribution
	p, size := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	low, high = middle-half, middle+half
	if k == 0 {
		low = 0 // which it is, but for the last bit
	}
	if k == n {
		high = 1
	}
	return low, high
}

// Gini is the Gini coefficient G of how much each has, 0 where all have the same; NaN where there is nothing.
func Gini(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	n, sum, weighted := float64(len(sorted)), 0.0, 0.0
	for i, v := range sorted {
		sum += v
		weighted += (2*float64(i+1) - n - 1) * v
	}
	return weighted / (n * sum)
}

// GStar is Gini corrected for few people: 1 where one has everything. NaN for fewer than two, or where there is nothing.
func GStar(x []float64) float64 {
	n := float64(len(x))
	return n / (n - 1) * Gini(x)
}

// AbsenceFactor is CHAOSS's Contributor Absence Factor: the least number of people who made more than half of it all.
func AbsenceFactor(x []float64) int {
	return fewest(x, func(part, all float64) bool { return part > all/2 })
}

// ElephantFactor is the least number of units that made at least half of it all.
func ElephantFactor(x []float64) int {
	return fewest(x, func(part, all float64) bool { return part >= all/2 })
}

// fewest is the least number of largest values whose sum is enough; 0 for none.
func fewest(x []float64, enough func(part, all float64) bool) int {
	sorted := slices.Sorted(slices.Values(x))
	all, part := 0.0, 0.0
	for _, v := range x {
		all += v
	}
	for i := range sorted {
		if part += sorted[len(sorted)-1-i]; enough(part, all) {
			return i + 1
		}
	}
	return len(sorted)
}

// Burstiness is Goh and Barabási's B of gaps, with the population's standard deviation: -1 like clockwork, around 0 at
// random, towards 1 in bursts. NaN where all gaps are 0.
func Burstiness(gaps []float64) float64 {
	mean, variance := 0.0, 0.0
	for _, g := range gaps {
		mean += g / float64(len(gaps))
	}
	for _, g := range gaps {
		variance += (g - mean) * (g - mean) / float64(len(gaps))
	}
	sigma := math.Sqrt(variance)
	return (sigma - mean) / (sigma + mean)
}

// Quantile is the value below which a share q of the values lies, between two of them by their distance (as R's type 7);
// Quantile(x, 0.5) is the median. NaN for none.
func Quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Responsiveness is R: 1 for an answer at once, one half for one after a day.
func Responsiveness(medianHours float64) float64 { return math.Exp2(-medianHours / 24) }

// Commitment is Orbit's weighted commitment WC of how many people Explore, Participate, Contribute and Lead.
func Commitment(levels [4]int) int {
	return levels[Exploring] + 16*levels[Participating] + 49*levels[Contributing] + 100*levels[Leading]
}

// Gravity is the change of commitment for each of those who are members now; NaN where there are none.
func Gravity(now, before [4]int) float64 {
	n := 0
	for _, members := range now {
		n += members
	}
	return float64(Commitment(now)-Commitment(before)) / float64(n)
}

// EngagementIndex is EI: 0 where all explore, 100 where all lead; NaN where there is nobody.
func EngagementIndex(levels [4]int) float64 {
	n := 0
	for _, members := range levels {
		n += members
	}
	return 100 * (float64(Commitment(levels))/float64(n) - 1) / 99
}
