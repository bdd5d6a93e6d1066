package dev.monocred.internal.vscode;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.TenantResolver;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SmallFile;
import dev.monocred.internal.runtime.SmallFile.Unusable;
import dev.monocred.internal.tool.AccountFiles;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the person set in Visual Studio Code. What cannot be read, or is malformed, is not set, as in other SDKs.
 *
 * @param cloud {@code azure.cloud}, or {@code null}
 * @param tenant {@code azure.tenant}, or {@code null}
 */
record UserSettings(@Nullable String cloud, @Nullable String tenant) {

    private static final int LARGEST = 1024 * 1024;

    /** Where they are. */
    static Path file(Executables executables) {
        String roaming = executables.isWindows() ? executables.variable("APPDATA") : null;
        Path folder = roaming != null ? Path.of(roaming) : Path.of(AccountFiles.home(executables), belowHome(executables));
        return folder.resolve("Code").resolve("User").resolve("settings.json").toAbsolutePath();
    }

    private static String belowHome(Executables executables) {
        if (executables.isWindows()) {
            return "AppData/Roaming";
        }
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac") ? "Library/Application Support" : ".config";
    }

    /** Reads them; blocks. */
    static UserSettings read(Path file) {
        ObjectNode settings = content(file);
        return settings == null ? new UserSettings(null, null)
                : new UserSettings(text(settings, "azure.cloud"), tenant(text(settings, "azure.tenant")));
    }

    private static @Nullable ObjectNode content(Path file) {
        try {
            return Json.settings(new SmallFile(file, LARGEST, "settings file").read());
        } catch (Unusable none) {
            return null;
        }
    }

    private static @Nullable String tenant(@Nullable String tenant) {
        try {
            return tenant == null ? null : TenantResolver.checkTenantId(tenant);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private static @Nullable String text(ObjectNode settings, String name) {
        String text = settings.path(name).textValue();
        return text == null || text.isBlank() ? null : text.strip();
    }
}
