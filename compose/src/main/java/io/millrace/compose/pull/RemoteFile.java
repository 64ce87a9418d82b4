package io.millrace.compose.pull;

import java.net.URI;
import java.nio.file.Path;

/**
 * One file to be fetched.
 *
 * @param uri where it is
 * @param target where it is to go, relative to the folder of models
 */
public record RemoteFile(URI uri, Path target) {}
