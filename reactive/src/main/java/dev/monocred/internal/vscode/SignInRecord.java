package dev.monocred.internal.vscode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.TenantResolver;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SmallFile;
import dev.monocred.internal.runtime.SmallFile.Unusable;
import dev.monocred.internal.tool.AccountFiles;
import dev.monocred.internal.tool.DeveloperTool.AccountFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who signed in, as the extension Azure Resources notes it: an authentication record without a version, and sometimes without
 * a tenant. It holds no secret. Immutable; reading blocks.
 *
 * @param places where it may be; the first that is there counts
 */
public record SignInRecord(List<Path> places) {

    /** Work and school accounts of any tenant. */
    static final String ANY_ORGANIZATION = "organizations";

    /** A record has half a kilobyte. */
    private static final int LARGEST = 10 * 1024;
    private static final Pattern VERSION = Pattern.compile("1(\\.[0-9]+)?");

    /**
     * The places of this person; nothing is read.
     *
     * @param executables where variables are looked up
     */
    public static SignInRecord of(Executables executables) {
        return new SignInRecord(Stream.of(".azure", ".Azure")
                .map(folder -> new AccountFolder(null, folder + "/ms-azuretools.vscode-azureresourcegroups", List.of("authRecord.json")))
                .flatMap(folder -> AccountFiles.of(folder, executables).stream()).toList());
    }

    /** Reads it; where no tenant is named, it is {@link #ANY_ORGANIZATION}. */
    AuthenticationRecord read() throws Unusable {
        SmallFile file = new SmallFile(places.stream().filter(Files::exists).findFirst().orElse(places.get(0)), LARGEST, "record");
        try {
            return parsed(file.read());
        } catch (Unusable unusable) {
            throw new Unusable("its file " + file.path() + " " + unusable.clause(), unusable.getCause());
        }
    }

    private static AuthenticationRecord parsed(byte[] content) throws Unusable {
        ObjectNode members = Json.object(content);
        if (members == null) {
            throw new Unusable("holds something that is no record", null);
        }
        JsonNode version = members.path("version");
        if (isThere(version) && !VERSION.matcher(version.asText()).matches()) {
            throw new Unusable("has a version that is not understood", null);
        }
        if (!text(members, "clientId").equalsIgnoreCase(VisualStudioCodeSource.CLIENT_ID)) {
            throw new Unusable("names another clientId than Visual Studio Code's", null);
        }
        String tenant = isThere(members.path("tenantId")) ? text(members, "tenantId") : ANY_ORGANIZATION;
        try {
            return AuthenticationRecord.of(text(members, "authority"), VisualStudioCodeSource.CLIENT_ID,
                    text(members, "homeAccountId"), TenantResolver.checkTenantId(tenant), text(members, "username"));
        } catch (IllegalArgumentException malformed) {
            throw new Unusable("has an authority or a tenantId that is none", malformed);
        }
    }

    private static boolean isThere(JsonNode member) {
        return !member.isMissingNode() && !member.isNull();
    }

    private static String text(ObjectNode members, String name) throws Unusable {
        JsonNode member = members.path(name);
        if (!member.isTextual() || member.textValue().isBlank()) {
            throw new Unusable("has no " + name, null);
        }
        return member.textValue();
    }
}
