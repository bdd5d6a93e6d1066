package dev.monocred.core;

/** The authority hosts of the clouds that Microsoft runs. */
public final class AzureAuthorityHosts {

    /** The public cloud; the default. */
    public static final String AZURE_PUBLIC_CLOUD = "https://login.microsoftonline.com";

    /** Azure operated by 21Vianet. */
    public static final String AZURE_CHINA = "https://login.chinacloudapi.cn";

    /** Azure Government. */
    public static final String AZURE_GOVERNMENT = "https://login.microsoftonline.us";

    /**
     * The former German cloud.
     *
     * @deprecated closed on 2021-10-29
     */
    @Deprecated
    public static final String AZURE_GERMANY = "https://login.microsoftonline.de";

    private AzureAuthorityHosts() {}
}
