/**
 * The web page: its files, in the folder {@code web} of the resources, and the libraries that they use. Nothing of it is built; browsers get the files as they
 * are.
 *
 * <p>Must not know how they are served.
 */
package io.millrace.compose.page;
