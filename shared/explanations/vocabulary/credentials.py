"""An attacker goes for passwords, tickets, keys and tokens."""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "brute_force",
        "brute force|ssh brute force|password guess|guess password|brute force password|brute force login"
        "|credential brute force|brute force credential|credential scan tomcat|tomcat credential scan",
        "guessing passwords for {target} until one fits",
        "T1110.001 M1036",
    ),
    play(
        "password_spray",
        "password spray|spray|spray password|credential spray",
        "trying a few common passwords on many accounts of {target}",
        "T1110.003 M1032",
    ),
    play(
        "credential_stuffing",
        "credential stuffing|password stuffing",
        "trying passwords from other breaches on {target}",
        "T1110.004 M1032",
    ),
    play(
        "crack_hashes",
        "password crack|crack password|crack hash|hash crack|crack",
        "computing passwords from hashes stolen from {target}",
        "T1110.002 M1027",
    ),
    play(
        "dump_credentials",
        "dump credential|credential dump|mimikatz|powerkatz|lsass|dump lsass|dump hash|hash dump|steal credential"
        "|dump password|credential access|credential theft|steal password|dump sam",
        "reading passwords and hashes out of the memory and files of {target}, to sign in elsewhere",
        "T1003 M1026",
        domain="T1003.003 M1026",
        workstation="T1003.001 M1043",
        cloud="T1552 M1026",
        web="T1552.001 M1022",
        identity_account="T1555 M1026",
    ),
    play(
        "dcsync",
        "dcsync|dc sync",
        "asking {target} for its password hashes as if it were another domain controller",
        "T1003.006 M1026",
    ),
    play(
        "credentials_in_files",
        "credential file|credential scan|credential scan directory|discover credential|discover password"
        "|credential scan home directory|password file|discover credential file|credential file scan|discover key",
        "searching files on {target} for passwords and keys",
        "T1552.001 M1022",
        cloud="T1552 M1022",
    ),
    play(
        "credentials_in_repositories",
        "credential scan repository history|credential scan repository|git history|repository history|scan git history"
        "|discover secret repository|code repository",
        "searching the history of {target} for passwords and keys that were committed",
        "T1552.001 T1213.003 M1047",
    ),
    play(
        "credentials_in_history",
        "bash history|shell history|credential scan bash history|scan bash history|dump history|command history",
        "reading the command history on {target} for passwords that were typed",
        "T1552.003 M1028",
    ),
    play(
        "credentials_in_registry",
        "credential registry|password registry|registry credential|discover credential registry",
        "searching the registry of {target} for stored passwords",
        "T1552.002 M1047",
    ),
    play(
        "instance_metadata",
        "metadata|instance metadata|metadata service|cloud metadata|imds",
        "asking the metadata service of {target} for the credentials of its role",
        "T1552.005 M1037",
    ),
    play(
        "password_stores",
        "password store|browser credential|browser password|keychain|credential store|password manager|credential vault"
        "|steal browser credential",
        "reading the password store of {target}",
        "T1555 M1027",
    ),
    play(
        "kerberoast",
        "kerberoast|service ticket|as rep roast|asrep roast",
        "requesting service tickets from {target}, to crack the passwords of service accounts offline",
        "T1558.003 M1027",
    ),
    play(
        "golden_ticket",
        "golden ticket|forge ticket|silver ticket|forge kerberos ticket",
        "forging Kerberos tickets with a key stolen from {target}",
        "T1558 M1015",
    ),
    play(
        "adversary_in_the_middle",
        "man middle|man in the middle|arp spoof|llmnr spoof|relay|ntlm relay|responder|spoof|adversary middle"
        "|dns spoof",
        "placing itself between {target} and those who talk to it, to read or change what they send",
        "T1557 M1041 @Credential Access",
    ),
    play(
        "sniff",
        "sniff|sniff network|sniff traffic|packet sniff|network sniff|sniff packet|wiretap",
        "listening to the network traffic of {target} for passwords and data",
        "T1040 M1041 @Credential Access",
    ),
    play("keylog", "keylog|log keystroke", "recording what is typed on {target}", "T1056.001 @Credential Access"),
    play(
        "steal_cookie",
        "steal cookie|session cookie|web cookie|steal session cookie|steal session",
        "stealing session cookies from {target}, to act as somebody who has signed in",
        "T1539 M1032",
    ),
    play(
        "steal_application_token",
        "steal application token|oauth|consent phish|steal oauth token|steal access token|oauth token",
        "stealing an application's access token for {target}",
        "T1528 M1018",
    ),
    play(
        "mfa_fatigue",
        "mfa fatigue|mfa bombing|push bombing|mfa bypass|mfa spam",
        "sending sign-in requests to a user of {target} until one is accepted",
        "T1621 M1032",
    ),
    play(
        "forge_certificate",
        "forge certificate|steal certificate|adcs",
        "stealing or forging certificates that {target} accepts as a proof of identity",
        "T1649 M1015",
    ),
)
