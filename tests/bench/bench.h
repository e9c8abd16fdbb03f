/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the benchmarks share: cases that are timed in turn, round after round, so that a machine
 * that slows down for a while slows all of them; medians and ratios of what was measured; the
 * memory of this process.
 *
 * Time is CPU time of the calling thread: on an idle machine the same as wall time, on a busy one
 * nearer to the truth.
 */
#ifndef ESPIAL_TESTS_BENCH_BENCH_H
#define ESPIAL_TESTS_BENCH_BENCH_H

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_RUNS 7

struct bench_case {
	const char *name;
	const char *unit; /* what is counted: "URLs" */
	double count;     /* how many of them one run does */
	void (*run)(void *user);
	void *user;
	double seconds[BENCH_RUNS]; /* filled by bench_time() */
};

static inline double bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Runs every case once to warm up, then BENCH_RUNS times, the cases in turn. */
static inline void bench_time(struct bench_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cases[i].run(cases[i].user);
	for (unsigned round = 0; round < BENCH_RUNS; round++) {
		for (size_t i = 0; i < count; i++) {
			double start = bench_now();

			cases[i].run(cases[i].user);
			cases[i].seconds[round] = bench_now() - start;
		}
	}
}

static inline int bench_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline double bench_median(const double *values, size_t count)
{
	double sorted[BENCH_RUNS];

	memcpy(sorted, values, count * sizeof(*values));
	qsort(sorted, count, sizeof(*sorted), bench_by_value);
	return sorted[count / 2];
}

/* How much slower `a` is than `b`, a thing of the one against a thing of the other: the median of
 * the ratios of each round. */
static inline double bench_ratio(const struct bench_case *a, const struct bench_case *b)
{
	double ratios[BENCH_RUNS];

	for (unsigned i = 0; i < BENCH_RUNS; i++)
		ratios[i] = (a->seconds[i] / a->count) / (b->seconds[i] / b->count);
	return bench_median(ratios, BENCH_RUNS);
}

/* One line: the name, the median rate, and the slowest and the fastest. */
static inline void bench_print(const struct bench_case *bench)
{
	double slowest = 0, fastest = HUGE_VAL;

	for (unsigned i = 0; i < BENCH_RUNS; i++) {
		slowest = MAX(slowest, bench->seconds[i]);
		fastest = MIN(fastest, bench->seconds[i]);
	}
	printf("  %-50s %11.0f %s/s   (%.0f to %.0f)\n", bench->name,
		bench->count / bench_median(bench->seconds, BENCH_RUNS), bench->unit,
		bench->count / slowest, bench->count / fastest);
}

/* Peak resident memory since the last bench_memory_reset(), in MiB. */
static inline double bench_memory_peak(void)
{
	g_autofree char *status = NULL;
	const char *at;

	if (!g_file_get_contents("/proc/self/status", &status, NULL, NULL))
		return NAN;
	at = strstr(status, "VmHWM:");
	return at ? g_ascii_strtod(at + 6, NULL) / 1024 : NAN;
}

/* Where the system does not let a process do that, the peak is that of its whole life. */
static inline void bench_memory_reset(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "w");

	if (!file)
		return;
	fputs("5", file);
	fclose(file);
}

#endif
