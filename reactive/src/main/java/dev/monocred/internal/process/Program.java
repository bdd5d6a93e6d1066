package dev.monocred.internal.process;

import java.util.List;

/**
 * A program as data: what its file is called and where it is looked for. Folders come after PATH, because a desktop
 * application does not see the PATH of its user's shell; each may begin with a variable, {@code %NAME%}.
 *
 * @param name what people call it
 * @param posixNames file names everywhere but on Windows, the best first
 * @param posixFolders where its installers put it
 * @param windowsNames file names on Windows, the best first
 * @param windowsFolders where its installers put it
 */
public record Program(String name, List<String> posixNames, List<String> posixFolders, List<String> windowsNames,
        List<String> windowsFolders) {

    /** Copies the lists. */
    public Program {
        posixNames = List.copyOf(posixNames);
        posixFolders = List.copyOf(posixFolders);
        windowsNames = List.copyOf(windowsNames);
        windowsFolders = List.copyOf(windowsFolders);
    }
}
