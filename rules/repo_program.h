/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running the programs that git itself runs beside it: hooks, gpg, ssh-keygen, credential helpers.
 * Always by arguments, never through a shell.
 */
#ifndef ESPIAL_RULES_REPO_PROGRAM_H
#define ESPIAL_RULES_REPO_PROGRAM_H

#include <glib.h>
#include <stdbool.h>

/* What is kept of what a program prints. */
#define REPO_PROGRAM_OUTPUT_MAX ((size_t)1 << 20)

struct repo_program {
	const char *const *argv; /* ended by NULL; looked for in PATH */
	const char *dir;         /* to run in; NULL: where the caller is */
	char **environment;      /* NULL: the caller's */
	const char *input;       /* its standard input; NULL: nothing */
	size_t input_len;
	/* Without a terminal: it can neither ask on it nor write to it, whatever it tries. */
	bool no_terminal;
	unsigned timeout_ms; /* then it is ended; 0: never */
	/* Asked often whether to end it; NULL: never. */
	bool (*stop)(void *user);
	void *user;
};

struct repo_ran {
	int status;      /* as from wait(2) */
	GString *output; /* of its standard output */
	GString *errors;
};

/* Runs it to its end. Errors: IO (it cannot be started), LIMIT (it took too long), CANCELLED. What
 * it says itself is in `ran`, which the caller clears with repo_ran_clear(), also on error. */
bool repo_program_run(const struct repo_program *program, struct repo_ran *ran, GError **error);
void repo_ran_clear(struct repo_ran *ran);
/* Whether it ended with exit code 0. */
bool repo_ran_well(const struct repo_ran *ran);

/* The last line that holds something, for a message; the caller frees it with g_free(). */
char *repo_last_line(const char *text);

/* Between fork and exec: signals as a program expects them, which a thread of ours may block. With
 * `data`, without a terminal too. For g_spawn's child_setup. */
void repo_program_child(gpointer data);

/* Programs may ask for something on the terminal, as a passphrase. `before` is called on the UI's
 * thread before one runs that a commit needs, with what it is, and `after` when it has ended; both
 * may be NULL, as at first. Call from that thread, before the first commit. */
void repo_program_set_terminal(void (*before)(const char *what), void (*after)(void));
/* For who runs one: where this thread is another, there is no terminal to be had, and the program
 * runs without. Returns whether it has one. */
bool repo_program_take_terminal(const char *what);
void repo_program_give_terminal(bool taken);

#endif
