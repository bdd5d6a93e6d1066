package dev.monocred.house;

import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where our modules are, as jar or as folder of classes, and what is in them. */
final class Modules {

    private Modules() {}

    static Path location(Class<?> member) {
        try {
            return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** ArchUnit finds nothing in a jar that it is given as a file. */
    static Location archLocation(Class<?> member) {
        Path path = location(member);
        return Location.of(Files.isDirectory(path) ? path.toUri() : URI.create("jar:" + path.toUri() + "!/"));
    }

    static ModuleDescriptor descriptor(Path location) {
        return reference(location).descriptor();
    }

    /** The names of all classes of a module, its own description and those of its packages excepted. */
    static List<String> classes(Path location) {
        try (ModuleReader reader = reference(location).open(); Stream<String> files = reader.list()) {
            return files.filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jars and folders that a user's program needs besides this module; the build wrote them down beside its classes. */
    static String runtimeClassPath(Path module) {
        try {
            return Files.readString(module.resolveSibling("runtime-classpath.txt")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This module's folder: Surefire says which it is, elsewhere it is the working directory. */
    static Path folder() {
        return Path.of(System.getProperty("basedir", ""));
    }

    private static ModuleReference reference(Path location) {
        return ModuleFinder.of(location).findAll().iterator().next();
    }
}
