/**
 * The command line: one class a subcommand, one exit status and at most one line a failure.
 *
 * <p>Only reads flags and shows results; what is done with them lives in the packages beside this one.
 */
package io.millrace.compose.cli;
